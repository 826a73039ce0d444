using Pith.Bench.Studies;
using Pith.Bench.Studies.BlockFormats;
using Pith.Bench.Studies.BlockGrid;
using Pith.Bench.Studies.Formats;
using Pith.Bench.Studies.Kernels;
using Pith.Bench.Studies.Law;
using Pith.Bench.Studies.Overheads;
using Pith.Bench.Studies.LowRank;
using Pith.Bench.Studies.LowRankCost;
using Pith.Bench.Studies.Ratio;

return StudyProgram.Run("Pith.Bench.Studies", args, new()
{
    ["block-formats"] = new("perplexity, KL divergence and weight error of every number format", BlockFormatStudy.Run),
    ["block-grid"] = new("block floating point by width, block size, product, layer and tensor", BlockGridStudy.Run),
    ["formats"] = new("error of every number format on random numbers, and its speed", FormatStudy.Run),
    ["generate"] = new("how soon text begins and how fast it follows, as whole commands", GenerateStudy.Run),
    ["kernels"] = new("matrix products on packed weights against memory and cache", KernelStudy.Run),
    ["loading"] = new("a packed model of 1 GB from its file until it is ready", LoadingStudy.Run),
    ["low-rank"] = new("low-rank corrections: every method, several ranks, 2 to 4 bits, on whole models", LowRankStudy.Run),
    ["low-rank-cost"] = new("what low-rank terms cost: seconds, memory, and against a full decomposition", LowRankCostStudy.Run),
    ["ratio"] = new("mixed-precision searches against random draws at equal bytes", RatioStudy.Run),
    ["scaling-law"] = new("how much of each bundled model bears low precision", LawStudy.Run),
    ["study"] = new("what a study costs beside its evaluations", OverheadStudy.Run),
});
