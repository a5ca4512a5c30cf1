import type {EngineConfig} from '../engine-kind.js';

/** `engine = "process"`: jobs run without a container. */
export const processConfig: EngineConfig = {complete: () => ({needsImage: false})};
