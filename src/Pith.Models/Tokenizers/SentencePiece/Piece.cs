namespace Pith.Models.Tokenizers.SentencePiece;

/// <summary>One entry of a SentencePiece vocabulary.</summary>
/// <param name="Text">Its text, with ▁ for spaces.</param>
/// <param name="Score">Larger is better.</param>
/// <param name="Type">What it is for.</param>
internal readonly record struct Piece(string Text, float Score, PieceType Type);
