namespace Pith.Models.Llama;

/// <summary>How rotary frequencies are changed for contexts longer than those of the first training.</summary>
public enum RopeScalingKind
{
    /// <summary>Unchanged.</summary>
    None,

    /// <summary>Positions divided by a factor.</summary>
    Linear,

    /// <summary>Base grown with the length of the text (NTK-aware, dynamic).</summary>
    Dynamic,

    /// <summary>Llama 3.1: low frequencies divided by the factor, high ones kept, a smooth ramp between.</summary>
    Llama3,

    /// <summary>YaRN: interpolation by parts, with an attention temperature.</summary>
    Yarn,
}
