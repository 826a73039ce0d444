namespace Pith.Models.Tokenizers.Json;

/// <summary>What a model is read from.</summary>
/// <param name="Model">The model's value.</param>
/// <param name="Vocabulary">Its vocabulary.</param>
/// <param name="IsByteLevel">Whether the vocabulary is written in the byte alphabet.</param>
/// <param name="IsMapped">Whether pieces reach the model in the byte alphabet.</param>
internal sealed record TokenizerJsonParts(JsonNode Model, Vocabulary Vocabulary, bool IsByteLevel, bool IsMapped);
