namespace Pith.Models.Checkpoints.Llama2c;

/// <summary>A tensor of a llama2.c file.</summary>
/// <param name="Entry">Hub name and shape; always read as F32.</param>
/// <param name="Encoding">How it is written.</param>
/// <param name="Offset">Offset of the elements in the file.</param>
/// <param name="ScaleOffset">Offset of the scale or scales in the file.</param>
/// <param name="RotaryHeads">Heads whose rows are in the order of adjacent rotary pairs; 0 where rows need no reordering.</param>
internal sealed record Llama2cTensor(TensorEntry Entry, Llama2cEncoding Encoding, long Offset, long ScaleOffset, int RotaryHeads);
