using System.Globalization;
using System.Text.RegularExpressions;
using Pith.Core.Diagnostics;

namespace Pith.Core.Formats;

/// <summary>The one text form of number formats: <c>family bits [e#m#] [.fraction] [:block] [@rule]</c>.</summary>
internal static partial class FormatText
{
    private const int LargestBlock = 65536;

    private static readonly Dictionary<FormatFamily, string[]> Suffixes = new()
    {
        [FormatFamily.MiniFloat] = ["compat"],
        [FormatFamily.Dmf] = ["compat"],
        [FormatFamily.Bfp] = ["compat", "mse"],
        [FormatFamily.Bmf] = ["compat", "mse"],
        [FormatFamily.Bl] = ["compat", "mse"],
        [FormatFamily.Mxint] = ["floor", "ceil", "mse"],
        [FormatFamily.Mxfp] = ["floor", "ceil", "mse"],
        [FormatFamily.Nvfp4] = ["mse"],
    };

    // How the formats of a name are written, for the message about one that is not.
    private static readonly Dictionary<string, string> Spellings = new(StringComparer.Ordinal)
    {
        ["fp"] = "fp32 or fp16",
        ["bf"] = "bf16",
        ["fixed"] = "fixed<b> or fixed<b>.<f>, b from 2 to 16, f from 0 to 30",
        ["minifloat"] = "minifloat:e<E>m<M>, E from 2 to 5, M from 1 to 10",
        ["dmf"] = "dmf:e<E>m<M>, E from 2 to 5, M from 1 to 10",
        ["bfp"] = "bfp<b>[:block], b from 2 to 9",
        ["mxint"] = "mxint<b>[:block], b from 2 to 9",
        ["bmf"] = "bmf<b>[e<E>m<M>][:block], b from 4 to 8, E at least 2, M at least 1, 1 + E + M = b",
        ["bl"] = "bl<b>[:block], b from 4 to 8",
        ["mxfp"] = "mxfp8e4m3, mxfp8e5m2, mxfp6e2m3, mxfp6e3m2 or mxfp4, [:block]",
        ["nvfp"] = "nvfp4",
    };

    public static NumberFormat Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var format, out var reason)
            ? format!
            : throw new PithException(CoreErrors.UnknownFormat, $"expected a number format, found `{Shorten(text)}`: {reason}");
    }

    public static bool TryParse(string text, out NumberFormat? format, out string reason)
    {
        format = GgmlFormats.Find(text);
        if (format is not null)
        {
            reason = string.Empty;
            return true;
        }

        var match = text.Length <= 64 ? Shape().Match(text) : Match.Empty;
        if (!match.Success)
        {
            reason = "not of the form name[bits][e#m#][:block][@rule]";
            return false;
        }

        var name = match.Groups["name"].Value;
        var bits = Number(match.Groups["bits"]);
        var exponent = Number(match.Groups["e"]);
        var mantissa = Number(match.Groups["m"]);
        var fraction = Number(match.Groups["fraction"]);
        var found = FromName(name, bits, exponent, mantissa, fraction);
        if (found is null)
        {
            reason = Spellings.TryGetValue(name, out var spelling)
                ? $"{name} formats are written {spelling}"
                : $"the names are {string.Join(", ", Spellings.Keys)}";
            return false;
        }

        if (match.Groups["block"].Success)
        {
            var block = match.Groups["block"].Value == "row" ? NumberFormat.WholeRow : Number(match.Groups["block"])!.Value;
            if (found.BlockSize == 0 || block is 0 or > LargestBlock || (found.Family == FormatFamily.Nvfp4 && block != 16))
            {
                reason = found.BlockSize == 0 ? "this format has no blocks" : $"a block has 1 to {LargestBlock} elements, 16 for nvfp4";
                return false;
            }

            found = found with { BlockSize = block };
        }

        var suffix = match.Groups["suffix"].Value;
        if (suffix.Length > 0)
        {
            var allowed = Suffixes.GetValueOrDefault(found.Family, []);
            if (!allowed.Contains(suffix, StringComparer.Ordinal))
            {
                reason = allowed.Length == 0 ? "this format takes no suffix" : "this format takes @" + string.Join(", @", allowed);
                return false;
            }

            found = suffix switch
            {
                "compat" => found with { IsCompat = true },
                "ceil" => found with { Rule = ScaleRule.Ceil },
                "mse" => found with { Rule = ScaleRule.Mse },
                _ => found,
            };
        }

        format = found;
        reason = string.Empty;
        return true;
    }

    public static string Write(NumberFormat format)
    {
        if (format.IsGgml)
            return GgmlFormats.Name(format.Family);
        var width = format.ElementBits;
        var shape = $"e{format.ExponentBits}m{format.MantissaBits}";
        var name = format.Family switch
        {
            FormatFamily.Float32 => "fp32",
            FormatFamily.BFloat16 => "bf16",
            FormatFamily.Float16 => "fp16",
            FormatFamily.Fixed => format.FractionBits is { } fraction ? $"fixed{width}.{fraction}" : $"fixed{width}",
            FormatFamily.MiniFloat => "minifloat:" + shape,
            FormatFamily.Dmf => "dmf:" + shape,
            FormatFamily.Bfp => $"bfp{width}",
            FormatFamily.Mxint => $"mxint{width}",
            FormatFamily.Bmf => format.ExponentBits == BmfExponentBits(width) ? $"bmf{width}" : $"bmf{width}{shape}",
            FormatFamily.Bl => $"bl{width}",
            FormatFamily.Mxfp => width == 4 ? "mxfp4" : $"mxfp{width}{shape}",
            _ => "nvfp4",
        };
        var block = format.BlockSize switch
        {
            0 => string.Empty,
            NumberFormat.WholeRow => ":row",
            _ when format.Family == FormatFamily.Nvfp4 => string.Empty,
            _ => ":" + format.BlockSize.ToString(CultureInfo.InvariantCulture),
        };
        var suffix = format.IsCompat ? "@compat" : format.Rule switch
        {
            ScaleRule.Ceil => "@ceil",
            ScaleRule.Mse => "@mse",
            _ => string.Empty,
        };
        return name + block + suffix;
    }

    private static NumberFormat? FromName(string name, int? bits, int? e, int? m, int? fraction)
    {
        if (fraction is not null && name != "fixed")
            return null;
        var hasShape = e is not null;
        return (name, bits) switch
        {
            ("fp", 32) when !hasShape => Plain(FormatFamily.Float32, 32, 8, 23),
            ("fp", 16) when !hasShape => Plain(FormatFamily.Float16, 16, 5, 10),
            ("bf", 16) when !hasShape => Plain(FormatFamily.BFloat16, 16, 8, 7),
            ("fixed", >= 2 and <= 16) when !hasShape && fraction is null or <= 30 =>
                Plain(FormatFamily.Fixed, bits.Value, 0, bits.Value - 1) with { FractionBits = fraction },
            ("minifloat", null) when e is >= 2 and <= 5 && m is >= 1 and <= 10 && e + m <= 15 => Plain(FormatFamily.MiniFloat, 1 + e.Value + m.Value, e.Value, m.Value),
            ("dmf", null) when e is >= 2 and <= 5 && m is >= 1 and <= 10 && e + m <= 15 => Plain(FormatFamily.Dmf, 1 + e.Value + m.Value, e.Value, m.Value),
            ("bfp", >= 2 and <= 9) when !hasShape => Block(FormatFamily.Bfp, bits.Value, 0, bits.Value - 1, 16),
            ("mxint", 8) when !hasShape => Block(FormatFamily.Mxint, 8, 0, 7, 32),
            ("mxint", >= 2 and <= 9) when !hasShape => Block(FormatFamily.Mxint, bits.Value, 0, bits.Value - 1, 16),
            ("bmf", >= 4 and <= 8) when !hasShape => Block(FormatFamily.Bmf, bits.Value, BmfExponentBits(bits.Value), bits.Value - 1 - BmfExponentBits(bits.Value), 16),
            ("bmf", >= 4 and <= 8) when e >= 2 && m >= 1 && e + m + 1 == bits => Block(FormatFamily.Bmf, bits.Value, e.Value, m.Value, 16),
            ("bl", >= 4 and <= 8) when !hasShape => Block(FormatFamily.Bl, bits.Value, bits.Value - 1, 0, 16),
            ("mxfp", 8) when (e, m) is (4, 3) or (5, 2) => Block(FormatFamily.Mxfp, 8, e!.Value, m!.Value, 32),
            ("mxfp", 6) when (e, m) is (2, 3) or (3, 2) => Block(FormatFamily.Mxfp, 6, e!.Value, m!.Value, 32),
            ("mxfp", 4) when !hasShape || (e, m) is (2, 1) => Block(FormatFamily.Mxfp, 4, 2, 1, 32),
            ("nvfp", 4) when !hasShape => Block(FormatFamily.Nvfp4, 4, 2, 1, 16),
            _ => null,
        };
    }

    // The paper's block minifloat is E4M3; narrower ones keep at least one mantissa bit and lose exponent bits first.
    private static int BmfExponentBits(int bits) => bits switch { 8 => 4, 7 => 3, 6 => 3, 5 => 2, _ => 2 };

    private static NumberFormat Plain(FormatFamily family, int bits, int exponentBits, int mantissaBits) =>
        new() { Family = family, ElementBits = bits, ExponentBits = exponentBits, MantissaBits = mantissaBits };

    private static NumberFormat Block(FormatFamily family, int bits, int exponentBits, int mantissaBits, int block) =>
        Plain(family, bits, exponentBits, mantissaBits) with { BlockSize = block, ScaleBits = 8 };

    private static int? Number(Group group) =>
        group.Success ? int.Parse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";

    [GeneratedRegex(
        @"^(?<name>[a-z]+)(?<bits>[1-9][0-9]?)?(?:\.(?<fraction>0|[1-9][0-9]?))?(?::?e(?<e>[1-9])m(?<m>[1-9][0-9]?))?(?::(?<block>0|[1-9][0-9]{0,4}|row))?(?:@(?<suffix>[a-z]+))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}
