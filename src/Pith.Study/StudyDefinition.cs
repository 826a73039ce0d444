using System.Security.Cryptography;
using System.Text;
using Pith.Studies.Spaces;
using Pith.Studies.Stores;

namespace Pith.Studies;

/// <summary>What a study is: what is searched, for what, and everything that its results depend on.</summary>
/// <remarks>Two definitions with the same <see cref="Identity"/> give the same study. How many trials are made is not part of it. Immutable,
/// hence thread-safe.</remarks>
public sealed record StudyDefinition
{
    /// <summary>What kind of search it is, for example <c>ratio</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What can be decided.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>What is wanted; at least one.</summary>
    public required IReadOnlyList<Objective> Objectives { get; init; }

    /// <summary>What else results depend on, by name: digests of model and text, settings, the version of the code
    /// (<see cref="CodeVersion"/>). Default: nothing.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Seed of every random choice. Default: 0.</summary>
    public long Seed { get; init; }

    /// <summary>Description of the sampler; set when the study is opened.</summary>
    public string Sampler { get; init; } = "";

    /// <summary>Description of the pruner, or <c>none</c>; set when the study is opened.</summary>
    public string Pruner { get; init; } = "none";

    /// <summary>SHA-256 of the canonical JSON form, lower-case hexadecimal.</summary>
    public string Identity => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DefinitionJson.Write(this))));

    /// <summary>What another definition has different, one text a difference; empty if the identities are equal.</summary>
    /// <param name="found">The other definition, that of the study found.</param>
    public IReadOnlyList<string> DifferencesFrom(StudyDefinition found)
    {
        ArgumentNullException.ThrowIfNull(found);
        List<string> differences = [];
        Compare("kind", Kind, found.Kind);
        foreach (var name in Facts.Keys.Union(found.Facts.Keys).Order(StringComparer.Ordinal))
            Compare(name, Facts.GetValueOrDefault(name, "nothing"), found.Facts.GetValueOrDefault(name, "nothing"));
        Compare("seed", $"{Seed}", $"{found.Seed}");
        Compare("sampler", Sampler, found.Sampler);
        Compare("pruner", Pruner, found.Pruner);
        Compare("objectives", string.Join(", ", Objectives), string.Join(", ", found.Objectives));
        if (!Space.Equals(found.Space))
            differences.Add($"space: expected {Space.Parameters.Length} parameters, found {found.Space.Parameters.Length}, or other choices");
        return differences;

        void Compare(string name, string expected, string actual)
        {
            if (expected != actual)
                differences.Add($"{name}: expected {expected}, found {actual}");
        }
    }
}
