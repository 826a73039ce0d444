using Pith.Models.Llama;

namespace Pith.Models.Checkpoints.Llama2c;

/// <summary>Where the tensors of a llama2.c file lie.</summary>
/// <remarks>Source: export.py and runq.c of github karpathy/llama2.c; the ternary kind from the files of bitllama2.c.</remarks>
internal sealed class Llama2cLayout
{
    private readonly Llama2cHeader header;
    private readonly List<Llama2cTensor> tensors = [];
    private readonly List<int> withScales = [];

    private Llama2cLayout(Llama2cHeader header)
    {
        this.header = header;
        End = header.Bytes;
    }

    /// <summary>The tensors in the order of the file.</summary>
    public IReadOnlyList<Llama2cTensor> Tensors => tensors;

    /// <summary>The length the file must have.</summary>
    public long End { get; private set; }

    /// <summary>The matrices of a block in the order of every version.</summary>
    private (string Name, int Outputs, int Inputs, int RotaryHeads)[] Matrices =>
    [
        ("self_attn.q_proj", header.Width, header.Width, header.Heads),
        ("self_attn.k_proj", header.KvWidth, header.Width, header.KvHeads),
        ("self_attn.v_proj", header.KvWidth, header.Width, 0),
        ("self_attn.o_proj", header.Width, header.Width, 0),
        ("mlp.gate_proj", header.MlpWidth, header.Width, 0),
        ("mlp.down_proj", header.Width, header.MlpWidth, 0),
        ("mlp.up_proj", header.MlpWidth, header.Width, 0),
    ];

    /// <summary>Version 0: norms among the matrices, two tables of cosines and sines to be skipped.</summary>
    public static Llama2cLayout Version0(Llama2cHeader header)
    {
        var layout = new Llama2cLayout(header);
        layout.Add(LlamaTensors.Embedding, [header.Vocabulary, header.Width], Llama2cEncoding.Float32);
        layout.AddNorms("input_layernorm");
        foreach (var matrix in layout.Matrices[..4])
            layout.AddMatrices(matrix, Llama2cEncoding.Float32);
        layout.AddNorms("post_attention_layernorm");
        foreach (var matrix in layout.Matrices[4..])
            layout.AddMatrices(matrix, Llama2cEncoding.Float32);
        layout.Add(LlamaTensors.FinalNorm, [header.Width], Llama2cEncoding.Float32);
        layout.End = checked(layout.End + (2L * header.Context * (header.HeadSize / 2) * sizeof(float)));
        layout.AddHead();
        return layout;
    }

    /// <summary>Version 1: all norms, then the matrices.</summary>
    public static Llama2cLayout Version1(Llama2cHeader header)
    {
        var layout = new Llama2cLayout(header);
        layout.AddAllNorms();
        layout.Add(LlamaTensors.Embedding, [header.Vocabulary, header.Width], Llama2cEncoding.Float32);
        foreach (var matrix in layout.Matrices)
            layout.AddMatrices(matrix, Llama2cEncoding.Float32);
        layout.AddHead();
        return layout;
    }

    /// <summary>The ternary kind, which bears version 1 too: no gains in the blocks, a scale before each matrix,
    /// and always a tied head.</summary>
    public static Llama2cLayout Ternary(Llama2cHeader header)
    {
        var layout = new Llama2cLayout(header);
        layout.Add(LlamaTensors.FinalNorm, [header.Width], Llama2cEncoding.Float32);
        layout.Add(LlamaTensors.Embedding, [header.Vocabulary, header.Width], Llama2cEncoding.Float32);
        foreach (var matrix in layout.Matrices)
            layout.AddMatrices(matrix, Llama2cEncoding.Ternary);
        return layout;
    }

    /// <summary>Version 2: norms as binary32, then matrices as bytes with scales for groups.</summary>
    /// <param name="header">The header.</param>
    /// <param name="hasScalesLast">Whether all scales come after all bytes (the first weeks of version 2) and not after each matrix.</param>
    public static Llama2cLayout Version2(Llama2cHeader header, bool hasScalesLast)
    {
        var layout = new Llama2cLayout(header);
        layout.AddAllNorms();
        layout.AddGroups(LlamaTensors.Embedding, [header.Vocabulary, header.Width], 0, hasScalesLast);
        foreach (var (name, outputs, inputs, rotaryHeads) in layout.Matrices)
        {
            for (var layer = 0; layer < header.Layers; layer++)
                layout.AddGroups($"model.layers.{layer}.{name}.weight", [outputs, inputs], rotaryHeads, hasScalesLast);
        }

        if (!header.IsHeadTied)
            layout.AddGroups(LlamaTensors.Head, [header.Vocabulary, header.Width], 0, hasScalesLast);
        foreach (var index in layout.withScales)
        {
            layout.tensors[index] = layout.tensors[index] with { ScaleOffset = layout.End };
            layout.End = checked(layout.End + layout.ScaleBytes(layout.tensors[index]));
        }

        return layout;
    }

    private long ScaleBytes(Llama2cTensor tensor) => tensor.Entry.Elements / header.GroupSize * sizeof(float);

    private void AddAllNorms()
    {
        AddNorms("input_layernorm");
        AddNorms("post_attention_layernorm");
        Add(LlamaTensors.FinalNorm, [header.Width], Llama2cEncoding.Float32);
    }

    private void AddNorms(string name)
    {
        for (var layer = 0; layer < header.Layers; layer++)
            Add($"model.layers.{layer}.{name}.weight", [header.Width], Llama2cEncoding.Float32);
    }

    private void AddMatrices((string Name, int Outputs, int Inputs, int RotaryHeads) matrix, Llama2cEncoding encoding)
    {
        for (var layer = 0; layer < header.Layers; layer++)
            Add($"model.layers.{layer}.{matrix.Name}.weight", [matrix.Outputs, matrix.Inputs], encoding, matrix.RotaryHeads);
    }

    private void AddHead()
    {
        if (!header.IsHeadTied)
            Add(LlamaTensors.Head, [header.Vocabulary, header.Width], Llama2cEncoding.Float32);
    }

    private void Add(string name, long[] shape, Llama2cEncoding encoding, int rotaryHeads = 0)
    {
        const int TernaryPerByte = 4;
        var entry = new TensorEntry(name, TensorType.F32, shape);
        var isTernary = encoding == Llama2cEncoding.Ternary;
        var offset = isTernary ? End + sizeof(float) : End;
        tensors.Add(new Llama2cTensor(entry, encoding, offset, End, rotaryHeads));
        End = checked(offset + (isTernary ? (entry.Elements + TernaryPerByte - 1) / TernaryPerByte : entry.Bytes));
    }

    private void AddGroups(string name, long[] shape, int rotaryHeads, bool hasScalesLast)
    {
        var entry = new TensorEntry(name, TensorType.F32, shape);
        var tensor = new Llama2cTensor(entry, Llama2cEncoding.Int8Groups, End, End + entry.Elements, rotaryHeads);
        if (hasScalesLast)
            withScales.Add(tensors.Count);
        tensors.Add(tensor);
        End = checked(End + entry.Elements + (hasScalesLast ? 0 : ScaleBytes(tensor)));
    }
}
