using Pith.Kernels.Ops;

namespace Pith.Models.Bert;

/// <summary>Makes probabilities and labels of a head's scores.</summary>
internal static class LabelScores
{
    /// <summary>The label of the highest score; of equal ones the first.</summary>
    public static int Best(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
                best = i;
        }

        return best;
    }

    /// <summary>Their softmax; a logistic function of each where labels do not exclude each other.</summary>
    public static float[] Probabilities(ReadOnlySpan<float> scores, bool areIndependent)
    {
        var probabilities = scores.ToArray();
        if (!areIndependent)
        {
            Softmax.Apply(probabilities);
            return probabilities;
        }

        for (var i = 0; i < probabilities.Length; i++)
            probabilities[i] = 1 / (1 + MathF.Exp(-probabilities[i]));
        return probabilities;
    }
}
