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
    public static FormatCodec For(NumberFormat format) => Known.GetOrAdd(format, static format => Reference(format));

    /// <summary>The plain scalar codec of a format: slow, reads like the formula, gives the same bits.</summary>
    public static FormatCodec Reference(NumberFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return (format.IsCompat ? Compats : References)[format.Family](format);
    }
}
