export * from './clients/location.js';
export * from './config.js';
export * from './program.js';
export * from './predictor.js';
