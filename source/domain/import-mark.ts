/** The origin of an imported record. */
export type ImportMark = {
	/** ISO 8601, this machine's clock. */
	at: string;
	/** Hex SHA-256 of the archive's file. */
	archive: string;
};
