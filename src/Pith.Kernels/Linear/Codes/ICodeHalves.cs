namespace Pith.Kernels.Linear;

/// <summary>Decodes sixteen codes, one a byte with its highest bit uppermost (in a table: lowest bit lowermost), but for a power of two.</summary>
/// <remarks>Implemented by small structs, so that kernels are compiled for each. Even and odd fours are what unpacking 16-bit lanes gives.</remarks>
internal unsafe interface ICodeHalves
{
    /// <summary>Sixteen values.</summary>
    CodeHalves Decode(byte* codes);
}
