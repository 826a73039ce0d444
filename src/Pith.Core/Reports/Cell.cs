namespace Pith.Core.Reports;

/// <summary>The value of one place in a table: a text, a number, or nothing.</summary>
/// <remarks>The default value is "nothing": what was not measured. Converts from text and numbers by itself.</remarks>
public readonly record struct Cell
{
    private Cell(string? text, double? number)
    {
        Text = text;
        Number = number;
    }

    /// <summary>The text; null if the cell holds a number or nothing.</summary>
    public string? Text { get; }

    /// <summary>The number, possibly not finite; null if the cell holds a text or nothing.</summary>
    public double? Number { get; }

    /// <summary>A cell that holds nothing.</summary>
    public static Cell None => default;

    /// <summary>A cell that holds a text.</summary>
    public static Cell Of(string text) => new(text, null);

    /// <summary>A cell that holds a number, or nothing.</summary>
    public static Cell Of(double? number) => new(null, number);

    /// <summary>A cell that holds a text.</summary>
    public static implicit operator Cell(string text) => Of(text);

    /// <summary>A cell that holds a number.</summary>
    public static implicit operator Cell(double number) => Of(number);

    /// <summary>A cell that holds a number, or nothing.</summary>
    public static implicit operator Cell(double? number) => Of(number);

    /// <inheritdoc cref="Of(string)"/>
    public static Cell ToCell(string text) => Of(text);

    /// <inheritdoc cref="Of(double?)"/>
    public static Cell ToCell(double? number) => Of(number);
}
