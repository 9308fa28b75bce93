const { TestEnvironment } = require('jest-environment-node');

// The engine is native: what it answers are arrays of the process's own classes, and jest gives tests other ones.
// Used by files that begin with @jest-environment ./test/src/runtime/support/engine-environment.js
module.exports = class EngineEnvironment extends TestEnvironment {
  constructor(...args) {
    super(...args);
    const classes = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array];
    classes.push(BigInt64Array, BigUint64Array, Float32Array, Float64Array);
    for (const each of classes) this.global[each.name] = each;
  }
};
