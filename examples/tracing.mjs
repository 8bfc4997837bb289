// Sends Muster's traces to whoever speaks OTLP over HTTP (OTEL_EXPORTER_OTLP_ENDPOINT, by default http://localhost:4318):
//   npm install --no-save @opentelemetry/sdk-node@~0.301.0 @opentelemetry/exporter-trace-otlp-http@~0.301.0
//   NODE_OPTIONS="--import $PWD/examples/tracing.mjs" npm start
import { NodeSDK } from '@opentelemetry/sdk-node';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';

const sdk = new NodeSDK({ serviceName: 'muster', traceExporter: new OTLPTraceExporter(), instrumentations: [] });
sdk.start();
// In a thread of a server it ends with the thread; in the process it sends what is left.
process.once('beforeExit', () => void sdk.shutdown());
