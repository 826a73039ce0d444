using System.Collections.Concurrent;
using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>The codec of every number format.</summary>
public static class FormatCodecs
{
    private static readonly ConcurrentDictionary<NumberFormat, FormatCodec> Known = new();

    private static readonly Dictionary<FormatFamily, Func<NumberFormat, FormatCodec>> References = new()
    {
        [FormatFamily.Float32] = static format => new WideCodec(format),
        [FormatFamily.BFloat16] = static format => new WideCodec(format),
        [FormatFamily.Float16] = static format => new WideCodec(format),
        [FormatFamily.Fixed] = static format => new FixedReference(format),
        [FormatFamily.MiniFloat] = static format => new MiniFloatReference(format),
        [FormatFamily.Dmf] = static format => new DmfReference(format),
        [FormatFamily.Bfp] = static format => new BfpReference(format),
        [FormatFamily.Mxint] = static format => new MxintReference(format),
        [FormatFamily.Bmf] = static format => new BmfReference(format),
        [FormatFamily.Bl] = static format => new BlReference(format),
        [FormatFamily.Mxfp] = static format => new MxfpReference(format),
        [FormatFamily.Nvfp4] = static format => new Nvfp4Reference(format),
    };

    private static readonly Dictionary<FormatFamily, Func<NumberFormat, FormatCodec>> Compats = new()
    {
        [FormatFamily.MiniFloat] = static format => new MiniFloatCompat(format),
        [FormatFamily.Dmf] = static format => new DmfCompat(format),
        [FormatFamily.Bfp] = static format => new BfpCompat(format),
        [FormatFamily.Bmf] = static format => new BmfCompat(format),
        [FormatFamily.Bl] = static format => new BlCompat(format),
    };

    /// <summary>The codec of a format; made once.</summary>
    public static FormatCodec For(NumberFormat format) => Known.GetOrAdd(format, static format => Fast(format));

    /// <summary>The plain scalar codec of a format: slow, reads like the formula, gives the same bits.</summary>
    public static FormatCodec Reference(NumberFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (format.IsGgml)
            return GgmlCodec.Of(format, isFast: false);
        return (format.IsCompat ? Compats : References)[format.Family](format);
    }

    // Compat codecs have no fast counterpart: they are for reproducing published tables.
    private static FormatCodec Fast(NumberFormat format)
    {
        if (format.IsGgml)
            return GgmlCodec.Of(format, isFast: true);
        var codec = Reference(format);
        if (format.IsCompat || codec is not ReferenceCodec reference)
            return codec;
        var (e, m, bits) = (format.ExponentBits, format.MantissaBits, format.ElementBits);
        var largest = (float)reference.Grid.Largest;
        var bias = format.Family == FormatFamily.Bmf ? 0 : (1 << Math.Max(e - 1, 0)) - 1;
        return format.Family switch
        {
            FormatFamily.Fixed => new VectorCodec<IntegerElement>(
                reference, new IntegerElement(bits, -(1 << m), (1 << m) - 1, twosComplement: true)),
            FormatFamily.Bfp or FormatFamily.Mxint => new VectorCodec<IntegerElement>(
                reference, new IntegerElement(bits, 1 - (1 << m), (1 << m) - 1, twosComplement: format.HasNanScale)),
            FormatFamily.Bl => new VectorCodec<LogElement>(reference, new LogElement(bits)),
            FormatFamily.Dmf => new VectorCodec<DmfElement>(reference, new DmfElement(e, m, largest)),
            _ => new VectorCodec<FloatElement>(reference, new FloatElement(m, 1 - bias, largest, 1 << (e + m), SpecialsOf(format))),
        };
    }

    // OCP FP8: E4M3 has one NaN, E5M2 an infinity and three NaNs.
    private static int SpecialsOf(NumberFormat format) => (format.Family, format.ElementBits, format.MantissaBits) switch
    {
        (FormatFamily.Mxfp, 8, 3) => 1,
        (FormatFamily.Mxfp, 8, 2) => 4,
        _ => 0,
    };
}
