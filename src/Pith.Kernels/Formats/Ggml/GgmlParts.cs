using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pith.Kernels.Formats;

/// <summary>Room for blocks taken apart into parts of sixteen numbers, each <c>x̂ = step · code - offset</c>, rounded after either.</summary>
/// <remarks>Parts are written without checks: whoever makes the room has it for as many as it hands over blocks.</remarks>
internal readonly ref struct GgmlParts
{
    /// <summary>Numbers in a part.</summary>
    public const int Values = 16;

    private readonly ref sbyte codes;
    private readonly ref float steps;
    private readonly ref float offsets;

    /// <summary>Room for parts.</summary>
    /// <param name="count">Parts.</param>
    /// <param name="codes">Sixteen a part.</param>
    /// <param name="steps">One a part.</param>
    /// <param name="offsets">One a part.</param>
    public GgmlParts(int count, Span<sbyte> codes, Span<float> steps, Span<float> offsets)
    {
        this.codes = ref MemoryMarshal.GetReference(codes[..(Values * count)]);
        this.steps = ref MemoryMarshal.GetReference(steps[..count]);
        this.offsets = ref MemoryMarshal.GetReference(offsets[..count]);
    }

    /// <summary>Writes two parts of one step.</summary>
    /// <param name="part">The first of them.</param>
    /// <param name="both">Their codes.</param>
    /// <param name="step">Their step.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(int part, Vector256<sbyte> both, float step) => Write(part, both, step, step);

    /// <summary>Writes two parts.</summary>
    /// <param name="part">The first of them.</param>
    /// <param name="both">Their codes.</param>
    /// <param name="first">The step of the first.</param>
    /// <param name="second">The step of the second.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(int part, Vector256<sbyte> both, float first, float second)
    {
        both.StoreUnsafe(ref codes, (nuint)(uint)(part * Values));
        Unsafe.Add(ref steps, part) = first;
        Unsafe.Add(ref steps, part + 1) = second;
    }

    /// <summary>Writes the offsets of two parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteOffsets(int part, float first, float second)
    {
        Unsafe.Add(ref offsets, part) = first;
        Unsafe.Add(ref offsets, part + 1) = second;
    }
}
