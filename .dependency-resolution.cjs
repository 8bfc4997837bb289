const { join } = require('node:path');

/** How dependency-cruiser finds the sources behind the names that `package.json` maps to what is built. */
module.exports = {
  resolve: {
    alias: Object.fromEntries(['domain', 'projections', 'agents', 'src'].map((folder) => [`#${folder}`, join(process.cwd(), folder)])),
    extensionAlias: { '.js': ['.ts', '.js'] },
  },
};
