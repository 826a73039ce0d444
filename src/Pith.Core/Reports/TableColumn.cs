using System.Globalization;

namespace Pith.Core.Reports;

/// <summary>A column of a table: its heading, what its cells hold, and how numbers are written.</summary>
/// <remarks>Immutable.</remarks>
public sealed record TableColumn
{
    // Beyond these a number with fixed digits is unreadable: it is written with an exponent.
    private const double LargestFixed = 1e9;
    private const string Missing = "–";

    private TableColumn(string name, string unit, bool isNumber, string format)
    {
        Name = name;
        Unit = unit;
        IsNumber = isNumber;
        Format = format;
    }

    /// <summary>The heading, without the unit.</summary>
    public string Name { get; }

    /// <summary>The unit of the numbers, for example "kB"; empty if there is none.</summary>
    public string Unit { get; }

    /// <summary>Whether cells hold numbers (set right) or texts (set left).</summary>
    public bool IsNumber { get; }

    /// <summary>The heading with the unit.</summary>
    public string Heading => Unit.Length == 0 ? Name : $"{Name} ({Unit})";

    private string Format { get; }

    /// <summary>A column of texts.</summary>
    public static TableColumn OfText(string name) => new(name, "", isNumber: false, "");

    /// <summary>A column of numbers with a fixed number of digits after the point and groups of three before it.</summary>
    /// <param name="name">The heading.</param>
    /// <param name="digits">Digits after the point, 0 to 15.</param>
    /// <param name="unit">The unit, or empty.</param>
    public static TableColumn OfNumber(string name, int digits, string unit = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(digits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, 15);
        return new(name, unit, isNumber: true, string.Create(CultureInfo.InvariantCulture, $"N{digits}"));
    }

    /// <summary>A column of numbers of very different size, each with the same number of significant digits.</summary>
    /// <param name="name">The heading.</param>
    /// <param name="digits">Significant digits, 1 to 15.</param>
    /// <param name="unit">The unit, or empty.</param>
    public static TableColumn OfSignificant(string name, int digits, string unit = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(digits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, 15);
        return new(name, unit, isNumber: true, string.Create(CultureInfo.InvariantCulture, $"G{digits}"));
    }

    /// <summary>What a cell looks like for people. A cell that holds nothing is a dash.</summary>
    public string Show(Cell cell) => cell switch
    {
        { Text: { } text } => text,
        { Number: { } number } => Show(number),
        _ => Missing,
    };

    private string Show(double number)
    {
        if (double.IsInfinity(number))
            return number > 0 ? "∞" : "−∞";
        var format = Format[0] == 'N' && Math.Abs(number) >= LargestFixed ? "0.00e0" : Format;
        return number.ToString(format, CultureInfo.InvariantCulture).Replace('E', 'e');
    }
}
