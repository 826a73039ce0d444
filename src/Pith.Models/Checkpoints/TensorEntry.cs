namespace Pith.Models.Checkpoints;

/// <summary>A tensor which a checkpoint holds.</summary>
/// <param name="Name">Name in the Hugging Face hub layout, for example <c>model.layers.0.self_attn.q_proj.weight</c>.</param>
/// <param name="Type">Element type as stored.</param>
/// <param name="Shape">Lengths of the axes, outermost first; a weight is [outputs, inputs].</param>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, length) => checked(product * length));

    /// <summary>Stored bytes.</summary>
    public long Bytes => checked(Elements * Type.Bytes());

    /// <summary>Length of the last axis; 1 for a scalar.</summary>
    public int Columns => Shape.Count == 0 ? 1 : checked((int)Shape[^1]);

    /// <summary>Product of the other axes.</summary>
    public long Rows => Columns == 0 ? 0 : Elements / Columns;
}
