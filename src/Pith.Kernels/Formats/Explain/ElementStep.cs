namespace Pith.Kernels.Formats;

/// <summary>How one number of a block is encoded.</summary>
/// <param name="Value">The number.</param>
/// <param name="InUnits">The number over the scale.</param>
/// <param name="Bits">The bits of the code, fields apart.</param>
/// <param name="Element">The value of the code, in units of the scale.</param>
/// <param name="Rounded">The decoded number.</param>
public sealed record ElementStep(float Value, double InUnits, string Bits, double Element, float Rounded);
