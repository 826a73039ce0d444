using System.Collections.Concurrent;
using Pith.Core.Formats;

namespace Pith.Kernels.Formats;

/// <summary>The codec of every number format.</summary>
public static class FormatCodecs
{
    private static readonly ConcurrentDictionary<NumberFormat, FormatCodec> Known = new();

    private static readonly Dictionary<FormatFamily, Func<NumberFormat, FormatCodec>> Makers = [];

    /// <summary>The codec of a format; made once.</summary>
    /// <exception cref="NotSupportedException">No codec is registered for the family.</exception>
    public static FormatCodec For(NumberFormat format) => Known.GetOrAdd(
        format,
        static format => Makers.TryGetValue(format.Family, out var make)
            ? make(format)
            : throw new NotSupportedException($"no codec for {format}"));
}
