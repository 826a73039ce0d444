namespace Pith.Core.Reports;

/// <summary>One row of a table.</summary>
/// <param name="Cells">As many as the table has columns.</param>
/// <param name="Mark">What is special about it.</param>
public sealed record TableRow(IReadOnlyList<Cell> Cells, RowMark Mark);
