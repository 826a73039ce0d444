using Pith.Core.Diagnostics;
using Pith.Models.Bert;
using Pith.Models.Llama;
using Pith.Models.Opt;

namespace Pith.Models.Checkpoints;

/// <summary>The <c>config.json</c> of a Hugging Face model directory, for every family.</summary>
/// <remarks>Thread-safe.</remarks>
public static class ModelConfigJson
{
    private static readonly (string ModelType, IReadOnlyList<string> Architectures, Func<ReadOnlyMemory<byte>, string, ModelConfig> Read)[] s_families =
    [
        .. LlamaFamily.All.Select(family => Family(family.ModelType, [family.Architecture], LlamaConfigJson.Read)),
        Family(OptConfigJson.ModelType, [OptConfigJson.Architecture, "OPTModel"], OptConfigJson.Read),
        .. BertFamily.All.Select(family => Family(family.ModelType, family.Architectures, BertConfigJson.Read)),
    ];

    /// <summary>Reads a configuration.</summary>
    /// <param name="json">The document.</param>
    /// <param name="name">Its file, for messages.</param>
    /// <exception cref="PithException">The text is no configuration (<see cref="ModelsErrors.BadConfig"/>), of an unknown family
    /// (<see cref="ModelsErrors.UnknownArchitecture"/>), or asks for something not implemented (<see cref="ModelsErrors.UnsupportedFeature"/>).</exception>
    public static ModelConfig Read(ReadOnlyMemory<byte> json, string name)
    {
        using var document = JsonFields.Parse(json, name, ModelsErrors.BadConfig);
        var fields = new JsonFields(document.RootElement, name, ModelsErrors.BadConfig);
        var type = fields.Text("model_type");
        var architectures = fields.Texts("architectures");
        var family = Array.Find(s_families, family => type is null
            ? family.Architectures.Intersect(architectures, StringComparer.Ordinal).Any()
            : family.ModelType == type);
        if (family.Read is null)
        {
            var found = type ?? (architectures.Count > 0 ? architectures[0] : "none");
            var known = string.Join(", ", s_families.Select(known => known.ModelType));
            throw new PithException(ModelsErrors.UnknownArchitecture, $"{name}: expected one of {known}, found {Names.Show(found)}");
        }

        if (architectures.Count > 0 && !family.Architectures.Intersect(architectures, StringComparer.Ordinal).Any())
        {
            throw new PithException(
                ModelsErrors.UnknownArchitecture,
                $"{name}: `architectures`: expected {string.Join(" or ", family.Architectures)}, found {Names.Show(string.Join(", ", architectures))}");
        }

        return family.Read(json, name);
    }

    private static (string ModelType, IReadOnlyList<string> Architectures, Func<ReadOnlyMemory<byte>, string, ModelConfig> Read) Family(
        string modelType, IReadOnlyList<string> architectures, Func<ReadOnlyMemory<byte>, string, ModelConfig> read) => (modelType, architectures, read);
}
