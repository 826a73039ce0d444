using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pith.Kernels.Algebra;

/// <summary>One tile of a product: six rows by two vectors of columns, summed in registers.</summary>
/// <remarks>Operands are packed: a[k·6 + i], b[k·Columns + j]. Each element is one chain of fused multiply-adds over k ascending, so
/// its bits do not depend on the width of the vectors. Lane j of the vectors of row i is column j; there is no remainder, panels are
/// padded with zeros. Scalar equivalent: <see cref="AlgebraReference.Multiply"/> in blocks of <see cref="MatrixProduct.Depth"/>.</remarks>
internal static unsafe class ProductTile
{
    /// <summary>Rows of a tile: twelve sums, two vectors of b and one of a fit into sixteen registers.</summary>
    public const int Rows = 6;

    /// <summary>Columns of the widest tile.</summary>
    public const int MaxColumns = 16;

    /// <summary>Columns of a tile on this machine.</summary>
    public static int Columns => Avx512F.IsSupported ? 16 : 8;

    /// <summary>Σ_k a[k, i]·b[k, j], row-major, for the tile width of this machine.</summary>
    public static void Multiply(double* a, double* b, int depth, double* tile)
    {
        if (Avx512F.IsSupported)
            Multiply512(a, b, depth, tile);
        else
            Multiply256(a, b, depth, tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Multiply256(double* a, double* b, int depth, double* tile)
    {
        Vector256<double> l0 = default, l1 = default, l2 = default, l3 = default, l4 = default, l5 = default;
        Vector256<double> h0 = default, h1 = default, h2 = default, h3 = default, h4 = default, h5 = default;
        for (var k = 0; k < depth; k++, a += Rows, b += 8)
        {
            var low = Vector256.Load(b);
            var high = Vector256.Load(b + 4);
            var x = Vector256.Create(a[0]);
            l0 = Vector256.FusedMultiplyAdd(x, low, l0);
            h0 = Vector256.FusedMultiplyAdd(x, high, h0);
            x = Vector256.Create(a[1]);
            l1 = Vector256.FusedMultiplyAdd(x, low, l1);
            h1 = Vector256.FusedMultiplyAdd(x, high, h1);
            x = Vector256.Create(a[2]);
            l2 = Vector256.FusedMultiplyAdd(x, low, l2);
            h2 = Vector256.FusedMultiplyAdd(x, high, h2);
            x = Vector256.Create(a[3]);
            l3 = Vector256.FusedMultiplyAdd(x, low, l3);
            h3 = Vector256.FusedMultiplyAdd(x, high, h3);
            x = Vector256.Create(a[4]);
            l4 = Vector256.FusedMultiplyAdd(x, low, l4);
            h4 = Vector256.FusedMultiplyAdd(x, high, h4);
            x = Vector256.Create(a[5]);
            l5 = Vector256.FusedMultiplyAdd(x, low, l5);
            h5 = Vector256.FusedMultiplyAdd(x, high, h5);
        }

        l0.Store(tile);
        h0.Store(tile + 4);
        l1.Store(tile + 8);
        h1.Store(tile + 12);
        l2.Store(tile + 16);
        h2.Store(tile + 20);
        l3.Store(tile + 24);
        h3.Store(tile + 28);
        l4.Store(tile + 32);
        h4.Store(tile + 36);
        l5.Store(tile + 40);
        h5.Store(tile + 44);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Multiply512(double* a, double* b, int depth, double* tile)
    {
        Vector512<double> l0 = default, l1 = default, l2 = default, l3 = default, l4 = default, l5 = default;
        Vector512<double> h0 = default, h1 = default, h2 = default, h3 = default, h4 = default, h5 = default;
        for (var k = 0; k < depth; k++, a += Rows, b += 16)
        {
            var low = Vector512.Load(b);
            var high = Vector512.Load(b + 8);
            var x = Vector512.Create(a[0]);
            l0 = Vector512.FusedMultiplyAdd(x, low, l0);
            h0 = Vector512.FusedMultiplyAdd(x, high, h0);
            x = Vector512.Create(a[1]);
            l1 = Vector512.FusedMultiplyAdd(x, low, l1);
            h1 = Vector512.FusedMultiplyAdd(x, high, h1);
            x = Vector512.Create(a[2]);
            l2 = Vector512.FusedMultiplyAdd(x, low, l2);
            h2 = Vector512.FusedMultiplyAdd(x, high, h2);
            x = Vector512.Create(a[3]);
            l3 = Vector512.FusedMultiplyAdd(x, low, l3);
            h3 = Vector512.FusedMultiplyAdd(x, high, h3);
            x = Vector512.Create(a[4]);
            l4 = Vector512.FusedMultiplyAdd(x, low, l4);
            h4 = Vector512.FusedMultiplyAdd(x, high, h4);
            x = Vector512.Create(a[5]);
            l5 = Vector512.FusedMultiplyAdd(x, low, l5);
            h5 = Vector512.FusedMultiplyAdd(x, high, h5);
        }

        l0.Store(tile);
        h0.Store(tile + 8);
        l1.Store(tile + 16);
        h1.Store(tile + 24);
        l2.Store(tile + 32);
        h2.Store(tile + 40);
        l3.Store(tile + 48);
        h3.Store(tile + 56);
        l4.Store(tile + 64);
        h4.Store(tile + 72);
        l5.Store(tile + 80);
        h5.Store(tile + 88);
    }
}
