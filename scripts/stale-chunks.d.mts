export function removeStaleChunks(dist: string): Promise<void>;
