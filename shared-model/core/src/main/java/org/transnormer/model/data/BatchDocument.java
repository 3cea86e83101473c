package org.transnormer.model.data;

/**
 * A stretch of a batch's row and the document that it is from.
 *
 * @param row within the batch
 * @param from first position in the row
 * @param to after the last position in the row
 * @param shard SHA-256 of the document's shard
 */
public record BatchDocument(int row, int from, int to, DocumentRef document, String shard) {}
