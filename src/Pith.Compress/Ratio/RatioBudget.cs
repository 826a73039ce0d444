using System.Globalization;
using System.Text.RegularExpressions;
using Pith.Core.Diagnostics;

namespace Pith.Compress.Ratio;

/// <summary>What the result of a search must keep to: a size, which is spent, or a loss, for which the smallest size is found.</summary>
/// <param name="Kind">What is limited.</param>
/// <param name="Value">The limit, in the unit of its kind; positive.</param>
public sealed partial record RatioBudget(BudgetKind Kind, double Value)
{
    /// <summary>Whether the budget is one of size, not of loss.</summary>
    public bool IsSize => Kind is BudgetKind.Bits or BudgetKind.Bytes;

    /// <summary>Reads a budget.</summary>
    /// <param name="text"><c>bits=4.5</c>, <c>bytes=40MiB</c> (or KiB, GiB, or none), <c>kl=0.02</c> or <c>ppl+5%</c>.</param>
    /// <exception cref="PithException">The text is no budget (<see cref="CompressErrors.BadBudget"/>).</exception>
    public static RatioBudget Parse(string text)
    {
        var match = Form().Match(text ?? "");
        var kind = match.Groups["kind"].Value switch { "bits=" => BudgetKind.Bits, "bytes=" => BudgetKind.Bytes, "kl=" => BudgetKind.Kl, _ => BudgetKind.Perplexity };
        var unit = match.Groups["unit"].Value switch { "KiB" => 1 << 10, "MiB" => 1 << 20, "GiB" => 1 << 30, "%" => 0.01, _ => 1.0 };
        var fits = (kind == BudgetKind.Bytes ? match.Groups["unit"].Value is not "%" : kind == BudgetKind.Perplexity ? unit == 0.01 : unit == 1);
        return match.Success && fits && double.TryParse(match.Groups["value"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value > 0 && double.IsFinite(value)
                ? new RatioBudget(kind, value * unit)
                : throw new PithException(CompressErrors.BadBudget, $"expected bits=4.5, bytes=40MiB, kl=0.02 or ppl+5%, found `{text}`");
    }

    /// <summary>The budget as text.</summary>
    public override string ToString() => Kind switch
    {
        BudgetKind.Bits => string.Create(CultureInfo.InvariantCulture, $"bits={Value:0.####}"),
        BudgetKind.Bytes => string.Create(CultureInfo.InvariantCulture, $"bytes={Value:0}"),
        BudgetKind.Kl => string.Create(CultureInfo.InvariantCulture, $"kl={Value:0.######}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"ppl+{100 * Value:0.####}%"),
    };

    /// <summary>The bytes which a budget of size allows.</summary>
    /// <exception cref="PithException">The options cannot express so few, or so many (<see cref="CompressErrors.InfeasibleBudget"/>).</exception>
    internal long BytesIn(RatioSpace space)
    {
        // Half a byte up, so that a number of bits that was printed rounded is met.
        var bytes = Kind == BudgetKind.Bits ? Value * space.Values / 8 : Value;
        if (bytes + 0.5 < space.MinBytes || bytes - 0.5 > space.MaxBytes)
        {
            throw new PithException(
                CompressErrors.InfeasibleBudget,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"expected {space.BitsOf(space.MinBytes):0.####} to {space.BitsOf(space.MaxBytes):0.####} bits a weight ({space.MinBytes:N0} to {space.MaxBytes:N0} bytes), which is what {string.Join(", ", space.Options)} can express, found {this}"));
        }

        return Math.Clamp((long)(bytes + 0.5), space.MinBytes, space.MaxBytes);
    }

    /// <summary>Whether a measured loss keeps to a budget of loss.</summary>
    internal bool Allows(double kl, double perplexity, double reference) =>
        Kind == BudgetKind.Kl ? kl <= Value : perplexity <= reference * (1 + Value);

    [GeneratedRegex(@"^(?<kind>bits=|bytes=|kl=|ppl\+)(?<value>[0-9]+(\.[0-9]+)?)(?<unit>|KiB|MiB|GiB|%)\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
