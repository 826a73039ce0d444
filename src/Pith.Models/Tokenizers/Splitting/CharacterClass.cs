namespace Pith.Models.Tokenizers.Splitting;

/// <summary>What splitting patterns tell apart.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Neither white space, letter nor number.</summary>
    Other = 0,

    /// <summary>White space other than carriage return and line feed.</summary>
    Space = 1,

    /// <summary>Carriage return or line feed; white space too.</summary>
    LineBreak = 2,

    /// <summary>General category L.</summary>
    Letter = 3,

    /// <summary>General category N.</summary>
    Number = 4,
}
