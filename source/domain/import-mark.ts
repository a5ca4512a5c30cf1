/** Where a record came from that another store has written. */
export type ImportMark = {
	/** ISO 8601, home's clock. */
	at: string;
	/** Hex SHA-256 of the archive's file. */
	archive: string;
};
