namespace Pith.Bench.Studies;

/// <summary>What every study is given.</summary>
/// <param name="Repository">Root of the repository.</param>
/// <param name="Provenance">Machine, commit and command.</param>
/// <param name="Journal">Results measured so far.</param>
/// <param name="Tokens">Tokens of text a model reads at most.</param>
/// <param name="Threads">Threads to use; results do not depend on them.</param>
/// <param name="Peer">The path of llama-bench and of its model, where a study is to compare with it.</param>
/// <param name="Say">Tells what is going on.</param>
internal sealed record StudyContext(
    string Repository, Provenance Provenance, Journal Journal, int Tokens, int Threads, (string Program, string Gguf)? Peer, Action<string> Say)
{
    /// <summary>Where results are written.</summary>
    public string Results => Path.Combine(Repository, "docs", "results");
}
