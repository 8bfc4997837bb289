export { startArchive, type Archive, type ArchiveOptions, type ArchiveStatus } from './archive.js';
