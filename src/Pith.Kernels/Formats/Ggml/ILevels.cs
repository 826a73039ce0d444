using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>The integers which the codes of a symmetric block stand for.</summary>
internal interface ILevels
{
    /// <summary>The lowest level, negative.</summary>
    static abstract int Lowest { get; }

    /// <summary>The highest level, positive.</summary>
    static abstract int Highest { get; }

    /// <summary>The level nearest to a finite number.</summary>
    static abstract int Nearest(float value);

    /// <summary>The levels nearest to eight finite numbers.</summary>
    static abstract Vector256<float> Nearest(Vector256<float> values);
}
