/** In place of @apollo/utils.createhash, which, once bundled, takes Node for a browser and hashes each request in JavaScript. */
exports.createHash = require('node:crypto').createHash;
