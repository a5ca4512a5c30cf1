// A thread of its own: encodes pictures, one after the other, while the dashboard draws.
import {parentPort} from 'node:worker_threads';
import {type EncodeTask, encodePicture} from './encode-picture.js';

parentPort?.on('message', (task: EncodeTask) => parentPort?.postMessage(encodePicture(task)));
