namespace Pith.Core.Reports;

/// <summary>What is special about a row of a table.</summary>
public enum RowMark
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The row the reader should choose.</summary>
    Best = 1,

    /// <summary>The row the others are compared with.</summary>
    Reference = 2,
}
