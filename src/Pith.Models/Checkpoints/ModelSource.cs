using System.Buffers.Binary;
using Pith.Core;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Models.Checkpoints.Gguf;
using Pith.Models.Checkpoints.Llama2c;
using Pith.Models.Checkpoints.Packed;
using Pith.Models.Tokenizers;

namespace Pith.Models.Checkpoints;

/// <summary>A model wherever it is: its configuration, its weights on demand, its plan, and where its tokenizer is.</summary>
/// <remarks>Kinds: a Hugging Face directory or one of ours, a single <c>.safetensors</c> file with <c>config.json</c> beside it, a
/// shard index, a llama2.c <c>.bin</c>, a GGUF file. Every tensor the configuration demands is there and of the right shape; nothing but
/// headers has been read. Safe to read from several threads. Disposing unmaps the files.</remarks>
public sealed class ModelSource : IDisposable
{
    private const string ConfigName = "config.json";
    private const string WeightsName = "model.safetensors";
    private const string IndexName = "model.safetensors.index.json";
    private const string PlanName = "plan.json";

    private ModelSource(string path, string? tokenizer, Contents contents)
    {
        Path = path;
        TokenizerPath = tokenizer;
        (Kind, Config, Tensors, Plan, InFileOrder) = contents;
    }

    /// <summary>The path as it was given.</summary>
    public string Path { get; }

    /// <summary>What kind of files it is.</summary>
    public ModelKind Kind { get; }

    /// <summary>The shape of the model.</summary>
    public ModelConfig Config { get; }

    /// <summary>The weights.</summary>
    public ITensorSource Tensors { get; }

    /// <summary>What was decided for its sites; empty unless there is a <c>plan.json</c>.</summary>
    public Plan Plan { get; }

    /// <summary>What <see cref="TokenizerLoader.Load"/> reads its tokenizer from: a directory or a file. Null where none was found.</summary>
    public string? TokenizerPath { get; }

    /// <summary>The stored tensors in the order of their bytes: the fastest order to read them in.</summary>
    public IReadOnlyList<TensorEntry> InFileOrder { get; }

    /// <summary>The formats of packed weights, by hub name; empty for other models.</summary>
    public IReadOnlyDictionary<string, NumberFormat> PackedFormats =>
        (Tensors as PackedSafetensors)?.PackedFormats ?? (Tensors as GgufFile)?.PackedFormats ?? new Dictionary<string, NumberFormat>(StringComparer.Ordinal);

    /// <summary>Opens a model.</summary>
    /// <param name="path">A directory or a file.</param>
    /// <param name="tokenizer">Where its tokenizer is; looked for beside the model when null.</param>
    /// <exception cref="PithException">Nothing there is a model that can be read; the message says what was found.</exception>
    public static ModelSource Open(string path, string? tokenizer = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!System.IO.Path.Exists(path))
            throw new PithException(ModelsErrors.CannotRead, $"{path}: no such file or directory");
        var contents = Directory.Exists(path) ? OpenDirectory(path) : OpenFile(path);
        try
        {
            contents = contents.WithHubNames();
            contents = contents with { Config = contents.Config.FittedTo(contents.Tensors.Tensors) };
            ExpectedTensors.Check(contents.Config, contents.Tensors, path);
            CheckPlan(contents, path);
            return new ModelSource(path, tokenizer ?? (contents.Tensors is GgufFile { HasTokenizer: true } ? path : FindTokenizer(path)), contents);
        }
        catch
        {
            contents.Tensors.Dispose();
            throw;
        }
    }

    /// <summary>Reads the tokenizer.</summary>
    /// <exception cref="PithException">There is none (<see cref="ModelsErrors.TokenizerMissing"/>), or it cannot be read.</exception>
    public TokenizerBundle LoadTokenizer() => TokenizerPath is null
        ? throw new PithException(ModelsErrors.TokenizerMissing, $"{Path}: found no tokenizer beside the model")
        : TokenizerLoader.Load(TokenizerPath);

    /// <summary>Refuses an output whose replacement would delete this model with everything beside it. The model's own name is no such
    /// output: its copy may replace it.</summary>
    /// <param name="output">A directory which is going to be made or replaced.</param>
    /// <exception cref="PithException">The model is inside it (<see cref="CoreErrors.CannotWrite"/>).</exception>
    public void CheckOutput(string output)
    {
        var directory = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(output));
        if (System.IO.Path.GetFullPath(Path).StartsWith(directory + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new PithException(CoreErrors.CannotWrite, $"{output}: {Path} is inside; it is not replaced", "Choose another --out.");
    }

    /// <summary>Unmaps the files.</summary>
    public void Dispose() => Tensors.Dispose();

    private static Contents OpenDirectory(string directory)
    {
        if (!File.Exists(System.IO.Path.Combine(directory, ConfigName)))
        {
            var foreign = Foreign(directory);
            throw foreign is null
                ? new PithException(ModelsErrors.NotAModel, $"{directory}: expected a {ConfigName}, found none")
                : new PithException(ModelsErrors.UnknownKind, $"{directory}: expected {ConfigName} and safetensors, found {foreign}");
        }

        var single = System.IO.Path.Combine(directory, WeightsName);
        if (File.Exists(single))
            return OpenSafetensors(single, directory);
        var index = System.IO.Path.Combine(directory, IndexName);
        if (File.Exists(index))
            return OpenIndex(index, directory);
        if (Directory.GetFiles(directory, "*.safetensors") is [var only])
            return OpenSafetensors(only, directory);
        throw Foreign(directory) is { } other
            ? new PithException(ModelsErrors.UnknownKind, $"{directory}: expected {WeightsName} or {IndexName}, found {other}")
            : new PithException(ModelsErrors.NotAModel, $"{directory}: expected {WeightsName} or {IndexName}, found neither");
    }

    private static Contents OpenFile(string path)
    {
        var start = SmallFile.ReadStart(path, ForeignKinds.StartBytes + 1);
        var directory = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        if (path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase))
            return OpenIndex(path, directory);
        if (IsSafetensors(path, start))
            return OpenSafetensors(path, directory);
        if (IsGguf(path, start))
        {
            var gguf = GgufFile.Open(path);
            return new Contents(ModelKind.Gguf, gguf.Config, gguf, Plan.Empty, gguf.InFileOrder);
        }

        if (ForeignKinds.Of(path, start) is { } kind)
            throw new PithException(ModelsErrors.UnknownKind, $"{path}: expected safetensors, GGUF or a llama2.c file, found {kind}");
        if (!path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) && !HasLlama2cMagic(start))
            throw new PithException(ModelsErrors.NotAModel, $"{path}: expected safetensors, GGUF or a llama2.c .bin, found none of them");
        var checkpoint = Llama2cFile.Open(path);
        return new Contents(ModelKind.Llama2c, checkpoint.Config, checkpoint, Plan.Empty, checkpoint.InFileOrder);
    }

    private static Contents OpenSafetensors(string path, string directory)
    {
        var config = ReadConfig(directory);
        var plan = ReadPlan(directory);
        var checkpoint = PackedSafetensors.Open(path);
        var kind = checkpoint.PackedFormats.Count > 0 ? ModelKind.PackedDirectory : ModelKind.Directory;
        return new Contents(kind, config, checkpoint, plan, checkpoint.InFileOrder);
    }

    private static Contents OpenIndex(string index, string directory)
    {
        var config = ReadConfig(directory);
        var plan = ReadPlan(directory);
        var checkpoint = ShardedSafetensors.Open(index);
        return new Contents(ModelKind.Directory, config, checkpoint, plan, [.. checkpoint.InFileOrder]);
    }

    private static ModelConfig ReadConfig(string directory)
    {
        var path = System.IO.Path.Combine(directory, ConfigName);
        return ModelConfigJson.Read(SmallFile.Read(path), path);
    }

    private static Plan ReadPlan(string directory)
    {
        var path = System.IO.Path.Combine(directory, PlanName);
        return File.Exists(path) ? Plan.FromJson(SmallFile.Read(path), path) : Plan.Empty;
    }

    // A plan beside packed weights says how they were packed; a plan from elsewhere would make every figure wrong.
    private static void CheckPlan(Contents contents, string path)
    {
        var known = contents.Config.Sites.Select(shape => shape.Site).ToHashSet();
        var formats = (contents.Tensors as PackedSafetensors)?.PackedFormats;
        foreach (var (site, decision) in contents.Plan.Sites)
        {
            if (!known.Contains(site))
                throw new PithException(CoreErrors.BadPlan, $"{path}: {PlanName}: expected sites of this model, which has {contents.Config.Layers} layers, found {site}");
            if (formats is null || !site.HasWeight || decision.Weights is not { } planned)
                continue;
            if (formats.TryGetValue(contents.Config.WeightNameOf(site), out var stored) && stored != planned)
                throw new PithException(ModelsErrors.BadPackedWeight, $"{path}: {site}: expected {planned} as in {PlanName}, found a weight in {stored}");
        }
    }

    private static bool IsSafetensors(string path, byte[] start) =>
        path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
        || (start.Length > sizeof(ulong) && start[sizeof(ulong)] == (byte)'{'
            && BinaryPrimitives.ReadUInt64LittleEndian(start) <= CheckpointLimits.HeaderBytes);

    private static bool IsGguf(string path, byte[] start) =>
        path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) || start.AsSpan().StartsWith(GgufHeader.Magic);

    private static bool HasLlama2cMagic(byte[] start) =>
        start.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(start) == Llama2cHeader.Magic;

    private static string? Foreign(string directory) => Directory.EnumerateFiles(directory)
        .Select(file => (Name: System.IO.Path.GetFileName(file), Kind: ForeignKinds.OfName(file)))
        .Where(file => file.Kind is not null)
        .OrderBy(file => file.Name, StringComparer.Ordinal)
        .Select(file => $"{file.Name} ({file.Kind})")
        .FirstOrDefault();

    // Beside a single file: a tokenizer of the usual names, else one whose name begins with tok, unless there are several.
    private static string? FindTokenizer(string path)
    {
        if (Directory.Exists(path))
            return TokenizerLoader.Exists(path) ? path : null;
        var directory = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        if (TokenizerLoader.Exists(directory))
            return directory;

        // A llama2.c file was trained with the tokenizer.bin beside it; the .model of the same vocabulary may treat spaces otherwise.
        string[] extensions = path.EndsWith(".bin", StringComparison.Ordinal) ? [".bin", ".json", ".model"] : [".json", ".model", ".bin"];
        var candidates = Directory.EnumerateFiles(directory, "tok*")
            .Where(file => extensions.Contains(System.IO.Path.GetExtension(file), StringComparer.Ordinal))
            .OrderBy(file => Array.IndexOf(extensions, System.IO.Path.GetExtension(file)))
            .ToList();
        return candidates.DistinctBy(System.IO.Path.GetFileNameWithoutExtension, StringComparer.Ordinal).Take(2).Count() == 1 ? candidates[0] : null;
    }

    private sealed record Contents(
        ModelKind Kind, ModelConfig Config, ITensorSource Tensors, Plan Plan, IReadOnlyList<TensorEntry> InFileOrder)
    {
        // Under the hub's names of today; a name that is taken already, or a packed weight, keeps the stored one.
        public Contents WithHubNames()
        {
            var names = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var stored in Tensors.Tensors.Keys)
            {
                var name = Config.HubName(stored);
                names.Add(name == stored || Tensors.Tensors.ContainsKey(name) || names.ContainsKey(name) ? stored : name, stored);
            }

            if (names.All(pair => pair.Key == pair.Value) || Tensors is PackedSafetensors { PackedFormats.Count: > 0 })
                return this;
            var hub = names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
            return new Contents(
                Kind,
                Config,
                new RenamedTensors(Tensors, names),
                Plan,
                [.. InFileOrder.Select(entry => entry with { Name = hub.GetValueOrDefault(entry.Name, entry.Name) })]);
        }
    }
}
