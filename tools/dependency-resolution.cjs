const { join } = require('node:path');

/** Makes dependency-cruiser resolve names like `#src/…` to the sources instead of the compiled files that `package.json` maps them to. */
module.exports = {
  resolve: {
    alias: Object.fromEntries(
      ['domain', 'projections', 'agents', 'src'].map((folder) => [`#${folder}`, join(process.cwd(), folder)]),
    ),
    extensionAlias: { '.js': ['.ts', '.tsx', '.js'] },
  },
};
