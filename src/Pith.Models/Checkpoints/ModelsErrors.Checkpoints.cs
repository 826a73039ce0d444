using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <summary>The error catalogue of Pith.Models.</summary>
public static partial class ModelsErrors
{
    /// <summary>A model's file or folder is not there or may not be read.</summary>
    public static readonly ErrorCode CannotRead = new(
        "PITH3000", "A model's file cannot be read", "Check the path and its permissions.");

    /// <summary>Nothing at the path looks like a model.</summary>
    public static readonly ErrorCode NotAModel = new(
        "PITH3001",
        "No model was found",
        "Name a folder with config.json and safetensors, a .safetensors file with config.json beside it, a GGUF file, or a llama2.c .bin file.");

    /// <summary>The file is a model of a kind that is not read.</summary>
    public static readonly ErrorCode UnknownKind = new(
        "PITH3002",
        "The model is of a kind that is not read",
        "Read are Hugging Face folders with safetensors, single .safetensors files, GGUF files, and llama2.c .bin files; convert it to one of these.");

    /// <summary>A safetensors file is shorter than it says, or its header is not what the format demands.</summary>
    public static readonly ErrorCode BadSafetensors = new(
        "PITH3010", "A safetensors file is malformed", "Fetch the file again from where the model came from.");

    /// <summary>A tensor's entry in a safetensors header contradicts itself, its neighbours or the file.</summary>
    public static readonly ErrorCode BadTensor = new(
        "PITH3011", "A tensor's place or shape is wrong", "Fetch the file again from where the model came from.");

    /// <summary>A tensor has an element type which is not read.</summary>
    public static readonly ErrorCode UnknownTensorType = new(
        "PITH3012", "A tensor has an unknown element type", "Convert the checkpoint to BF16, F16 or F32.");

    /// <summary>A file passes one of the caps that protect against hostile input.</summary>
    public static readonly ErrorCode TooLarge = new(
        "PITH3013", "A checkpoint passes a limit", "See that the file really is a model.");

    /// <summary>The index of a sharded checkpoint is malformed or names files it must not.</summary>
    public static readonly ErrorCode BadIndex = new(
        "PITH3014", "The index of a sharded checkpoint is wrong", "Fetch model.safetensors.index.json and all shards again.");

    /// <summary>A configuration is not the JSON it must be, or contradicts itself.</summary>
    public static readonly ErrorCode BadConfig = new(
        "PITH3020", "A model's configuration is wrong", "Fetch config.json again from where the model came from.");

    /// <summary>The model is of an architecture which is not implemented.</summary>
    public static readonly ErrorCode UnknownArchitecture = new(
        "PITH3021", "The architecture is not known", "Known are the model types llama, mistral, qwen2, bitllama, opt, bert, roberta, xlm-roberta and distilbert.");

    /// <summary>The configuration asks for arithmetic which is not implemented.</summary>
    public static readonly ErrorCode UnsupportedFeature = new(
        "PITH3022", "The model uses something which is not implemented", "Choose another checkpoint of the same model, or another model.");

    /// <summary>A checkpoint lacks tensors which its configuration demands.</summary>
    public static readonly ErrorCode MissingTensor = new(
        "PITH3023", "Tensors are missing", "See that all files of the checkpoint are here and belong to this config.json.");

    /// <summary>A tensor has another shape than the configuration demands.</summary>
    public static readonly ErrorCode WrongShape = new(
        "PITH3024", "A tensor has the wrong shape", "See that config.json belongs to this checkpoint.");

    /// <summary>A llama2.c file is not what its header says.</summary>
    public static readonly ErrorCode BadLlama2c = new(
        "PITH3030", "A llama2.c checkpoint is malformed", "Fetch the file again, or export it again with the tools of llama2.c.");

    /// <summary>A packed weight of our container is not what its description says.</summary>
    public static readonly ErrorCode BadPackedWeight = new(
        "PITH3040", "A packed weight is malformed", "Quantize the model again.");

    /// <summary>Stock loaders cannot compute the model.</summary>
    public static readonly ErrorCode CannotExport = new(
        "PITH3041", "The model cannot be exported", "Only models of stock architectures can; this one runs in Pith.");
}
