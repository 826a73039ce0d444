using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <summary>The error catalogue of Pith.Models.</summary>
public static partial class ModelsErrors
{
    /// <summary>A GGUF file is shorter than it says, or not what the format demands.</summary>
    public static readonly ErrorCode BadGguf = new(
        "PITH3100", "A GGUF file is malformed", "Fetch the file again from where the model came from.");

    /// <summary>A GGUF file is of a version or byte order that is not read.</summary>
    public static readonly ErrorCode GgufVersion = new(
        "PITH3101", "The version of the GGUF file is not read", "Read are versions 2 and 3, little-endian; convert it with the tools of llama.cpp.");

    /// <summary>A tensor of a GGUF file contradicts itself, its neighbours or the file.</summary>
    public static readonly ErrorCode BadGgufTensor = new(
        "PITH3102", "A tensor's place or shape in a GGUF file is wrong", "Fetch the file again from where the model came from.");

    /// <summary>A tensor of a GGUF file is of a type that is not read.</summary>
    public static readonly ErrorCode GgufTensorType = new(
        "PITH3103",
        "A tensor of the GGUF file has a type which is not read",
        "Read are F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K to Q6_K, IQ4_NL, IQ4_XS and MXFP4; choose such a file of the model.");

    /// <summary>The metadata of a GGUF file lack a key, or a value is not as it must be.</summary>
    public static readonly ErrorCode BadGgufMetadata = new(
        "PITH3104", "The metadata of the GGUF file are wrong", "Fetch the file again, or convert it again with a current converter.");

    /// <summary>The tokenizer in a GGUF file is of a kind that is not read.</summary>
    public static readonly ErrorCode GgufTokenizer = new(
        "PITH3105", "The tokenizer in the GGUF file is not read", "Name the original tokenizer with --tokenizer.");

    /// <summary>A GGUF file is one part of several.</summary>
    public static readonly ErrorCode GgufSplit = new(
        "PITH3106", "The GGUF file is one part of several", "Join the parts with llama-gguf-split --merge.");

    /// <summary>A model cannot be written as GGUF.</summary>
    public static readonly ErrorCode CannotWriteGguf = new(
        "PITH3107", "The model cannot be written as GGUF", "Choose another type, or export with --to hf.");
}
