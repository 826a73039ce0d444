using System.Runtime.Intrinsics;

namespace Pith.Kernels.Packed;

/// <summary>A form of scales, for code which is not compiled once for each.</summary>
/// <remarks>Members as in <see cref="IBlockScales"/>. Immutable.</remarks>
internal abstract unsafe class RecordScales
{
    public abstract int RecordsPerExtra { get; }

    public abstract int BlocksPerMinimum { get; }

    public abstract bool IsNumber { get; }

    public abstract int Bias { get; }

    public abstract ushort Neutral { get; }

    public abstract ushort Typical { get; }

    /// <summary>Whether products of weights with such scales may be activations: one power of two a block.</summary>
    public bool IsPower => this is Form<PowerScales>;

    /// <summary>Whether scales are binary16 numbers and nothing else.</summary>
    public bool IsHalf => this is Form<HalfScales>;

    /// <summary>The form of a type.</summary>
    public static RecordScales Of<TScales>()
        where TScales : struct, IBlockScales => Form<TScales>.Instance;

    public abstract Vector256<byte> Fields(Vector256<byte> scales);

    public abstract int Load(byte* scales, byte* extra, int block);

    public abstract float Minimum(byte* scales, byte* extra, int block);

    /// <summary>The kernels for codes of a kind; null where only the plain form does.</summary>
    public abstract PackedDot.Pair? KernelsOf(IntegerBlocks view, int vectorBits);

    private sealed class Form<TScales> : RecordScales
        where TScales : struct, IBlockScales
    {
        public static readonly Form<TScales> Instance = new();

        public override int RecordsPerExtra => TScales.RecordsPerExtra;

        public override int BlocksPerMinimum => TScales.BlocksPerMinimum;

        public override bool IsNumber => TScales.IsNumber;

        public override int Bias => TScales.Bias;

        public override ushort Neutral => TScales.Neutral;

        public override ushort Typical => TScales.Typical;

        public override Vector256<byte> Fields(Vector256<byte> scales) => TScales.Fields(scales);

        public override int Load(byte* scales, byte* extra, int block) => TScales.Load(scales, extra, block);

        public override float Minimum(byte* scales, byte* extra, int block) => TScales.Minimum(scales, extra, block);

        public override PackedDot.Pair? KernelsOf(IntegerBlocks view, int vectorBits) => (view.CodeBits, view.Values) switch
        {
            (2, _) => Of<Codes2>(vectorBits),
            (3, _) => Of<Codes3>(vectorBits),
            (4, null) => Of<Codes4>(vectorBits),
            (4, _) when view.IsSignedTable => Of<CodesUneven4>(vectorBits),
            (4, _) => Of<CodesTable4>(vectorBits),
            (5, _) => Of<Codes5>(vectorBits),
            (6, _) => Of<Codes6>(vectorBits),
            _ => Of<Codes8>(vectorBits),
        };

        private static PackedDot.Pair? Of<TCodes>(int vectorBits)
            where TCodes : struct, IBlockCodes => vectorBits switch
        {
            512 => new PackedDot.Pair(DotKernel512<TCodes, TScales>.One, DotKernel512<TCodes, TScales>.Eight),
            256 => new PackedDot.Pair(DotKernel256<TCodes, TScales>.One, DotKernel256<TCodes, TScales>.Eight),
            _ => null,
        };
    }
}
