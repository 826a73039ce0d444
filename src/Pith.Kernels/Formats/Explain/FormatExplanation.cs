using System.Globalization;
using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>Everything there is to say about a format: its bits, its values, its rules, and how a block is encoded.</summary>
/// <remarks>Made from the plain codec, so that it cannot disagree with it. Immutable.</remarks>
public sealed class FormatExplanation
{
    private const int MostBitsInTable = 8;

    private readonly ReferenceCodec? reference;

    /// <summary>Explains a format.</summary>
    public FormatExplanation(NumberFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        Format = format;
        reference = FormatCodecs.Reference(format) as ReferenceCodec;
        if (reference is null)
            return;
        var count = 1 << format.ElementBits;
        var values = Enumerable.Range(0, count)
            .Select(code => new ElementValue(code, Bits(code), reference.ElementValue(code)));
        LargestElement = reference.Grid.Largest;
        SmallestElement = values.Select(element => element.Value).Where(static value => value > 0).Min();
        if (format.ElementBits <= MostBitsInTable)
            Elements = [.. values];
    }

    /// <summary>The format.</summary>
    public NumberFormat Format { get; }

    /// <summary>Whether <see cref="Explain"/> can show a block: not for fp32, bf16, fp16, and ggml's block types.</summary>
    public bool HasSteps => reference is not null;

    /// <summary>Every code of an element of at most eight bits, in order; empty for wider ones.</summary>
    public IReadOnlyList<ElementValue> Elements { get; } = [];

    /// <summary>The largest finite magnitude of an element, in units of the scale; null without <see cref="HasSteps"/>.</summary>
    public double? LargestElement { get; }

    /// <summary>The smallest magnitude of an element above zero, in units of the scale; null without <see cref="HasSteps"/>.</summary>
    public double? SmallestElement { get; }

    /// <summary>Names and sentences, in the order to be read.</summary>
    public IReadOnlyList<(string Name, string Text)> Facts => [.. AllFacts().Where(fact => fact.Text.Length > 0)];

    /// <summary>Encodes a block, which is also the whole tensor, and tells how.</summary>
    /// <param name="block">At least one number, at most a block.</param>
    /// <exception cref="NotSupportedException">Not <see cref="HasSteps"/>.</exception>
    /// <exception cref="NonFiniteException">A number is not finite and the format cannot say so.</exception>
    public BlockExplanation Explain(ReadOnlySpan<float> block)
    {
        if (reference is null)
            throw new NotSupportedException($"{Format} is not encoded by elements and a scale");
        ArgumentOutOfRangeException.ThrowIfZero(block.Length, nameof(block));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(block.Length, Format.BlockLength(block.Length), nameof(block));
        if (!Format.HasNanScale)
            NonFiniteException.ThrowIfAny(block);
        var largest = 0f;
        foreach (var value in block)
            largest = Math.Max(largest, Math.Abs(value));
        var parameter = reference.TensorParameter(largest);
        var codes = new ushort[block.Length];
        var code = reference.EncodeBlock(block, [], parameter, codes);
        var scale = reference.ScaleValue(code, parameter);
        var steps = new ElementStep[block.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            var rounded = reference.DecodeElement(codes[i], code, parameter);
            steps[i] = new ElementStep(block[i], scale == 0 ? 0 : block[i] / scale, Bits(codes[i]), reference.ElementValue(codes[i]), rounded);
        }

        return new BlockExplanation(parameter, largest, Format.ScaleBits == 0 ? null : code, scale, steps);
    }

    private IEnumerable<(string Name, string Text)> AllFacts()
    {
        var text = FamilyText.Of[Format.Family];
        yield return ("family", text.Name);
        yield return ("element", Format.IsGgml ? $"{Format.ElementBits} bits" : ElementPicture());
        yield return ("block", BlockPicture());
        yield return ("stored", LayoutPicture());
        yield return ("value", text.Value);
        yield return ("bias", Format.Family is FormatFamily.MiniFloat or FormatFamily.Dmf or FormatFamily.Mxfp ? Number((1 << (Format.ExponentBits - 1)) - 1) : "");
        yield return ("element range", LargestElement is { } largest ? $"{Number(SmallestElement!.Value)} to {Number(largest)}{(Format.BlockSize == 0 ? Unit() : ", times the scale")}" : "");
        yield return ("scale", text.Scale);
        yield return ("scale rule", RuleText());
        yield return ("rounding", text.Rounding);
        yield return ("@compat", Format.IsCompat ? text.Compat : "");
        yield return ("NaN, infinity", Format.IsWide ? "kept" : Format.HasNanScale ? "make their block NaN (scale code 255)" : "refused, with the index");
        yield return ("bits per value", Number(Format.BitsPerValue));
        yield return ("density", $"{(32 / Format.BitsPerValue).ToString("0.00", CultureInfo.InvariantCulture)} times that of fp32");
    }

    private string ElementPicture()
    {
        var (e, m, bits) = (Format.ExponentBits, Format.MantissaBits, Format.ElementBits);
        var exponent = new string('e', e);
        var picture = Format.Family switch
        {
            FormatFamily.Fixed => new string('q', bits),
            FormatFamily.Mxint when Format.HasNanScale => new string('q', bits),
            FormatFamily.Mxint => "s " + new string('q', m),
            FormatFamily.Bl => "s " + exponent,
            FormatFamily.Bfp => "s " + new string('m', m),
            _ => $"s {exponent} {new string('m', m)}",
        };
        var isTwosComplement = Format.Family == FormatFamily.Fixed || (Format.Family == FormatFamily.Mxint && Format.HasNanScale);
        return $"{bits} bits: {picture}{(isTwosComplement ? " (two's complement)" : "")}";
    }

    private string BlockPicture() => Format.BlockSize switch
    {
        0 => "none: every number by itself",
        NumberFormat.WholeRow => $"a whole row: {Format.ElementBits} bits an element and one scale of {Format.ScaleBits} bits",
        var block when Format.IsGgml => $"{block} elements in {Format.RowBits(block) / 8} bytes, scales among them",
        var block => $"{block} elements of {Format.ElementBits} bits and one scale of {Format.ScaleBits} bits: {Format.RowBits(block)} bits",
    };

    private string LayoutPicture()
    {
        if (reference is null)
            return Format.IsGgml ? "as in a GGUF file" : "little-endian";
        var planes = reference.Layout.Planes;
        if (planes.Count == 1)
            return $"fields of {planes[0]} bits, the first in the lowest bits";
        return $"planes of {string.Join(", ", planes.SkipLast(1))} and {planes[^1]} bits, low bits first";
    }

    private string RuleText() => Format.Rule switch
    {
        ScaleRule.Ceil => "@ceil: the smallest scale with which the largest element does not saturate",
        ScaleRule.Mse when Format.Family == FormatFamily.Nvfp4 => "@mse: the scale within a factor of two of the standard one with the least (weighted) squared error",
        ScaleRule.Mse => "@mse: the scale among the standard one, its half and its double with the least (weighted) squared error",
        _ => "",
    };

    private string Unit() => Format.Family == FormatFamily.Fixed ? ", times 2^-f" : "";

    private string Bits(int code)
    {
        var bits = Convert.ToString(code, 2).PadLeft(Format.ElementBits, '0');
        var isPlain = Format.Family == FormatFamily.Fixed || (Format.Family == FormatFamily.Mxint && Format.HasNanScale);
        if (isPlain)
            return bits;
        var e = Format.ExponentBits;
        return e == 0 || Format.MantissaBits == 0 ? $"{bits[0]} {bits[1..]}" : $"{bits[0]} {bits[1..(1 + e)]} {bits[(1 + e)..]}";
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
}
