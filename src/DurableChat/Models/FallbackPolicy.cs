using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>Decides which model answers when one has failed for good, i.e. after its own attempts. Pure.</summary>
public static class FallbackPolicy
{
    /// <summary>How many models may answer for one another, the first included. Each has its own attempts, so this bounds their sum.</summary>
    public const int MaxModels = 4;

    /// <summary>
    /// The errors after which another model answers unless <see cref="ModelDefinition.FallbackAfter"/> names others: the provider cannot
    /// answer now, and another may. What is wrong with the request itself would be wrong elsewhere, too.
    /// </summary>
    public static IReadOnlyList<string> DefaultErrors { get; } =
        ["model_unreachable", "model_unavailable", "model_rate_limited", "model_quota", "model_timeout"];

    /// <summary>The errors that a model call can end with, for configurations to be checked against.</summary>
    public static IReadOnlyList<string> KnownErrors { get; } =
    [
        .. DefaultErrors, "model_bad_response", "model_failed", "model_unauthorized", "model_not_found", "model_wrong_address",
        "model_rejected_request", "model_context_overflow", "model_refused",
    ];

    /// <summary>The model that answers after an error that ended the attempts of another; null if the turn fails.</summary>
    /// <param name="model">The model that failed; null if it is not known.</param>
    /// <param name="error">Why.</param>
    public static string? After(ModelDefinition? model, ChatError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return model is { Fallback: { } next } && (model.FallbackAfter ?? DefaultErrors).Contains(error.Code, StringComparer.Ordinal) ? next : null;
    }

    /// <summary>What is wrong with the chains of fallbacks; null for nothing.</summary>
    /// <param name="models">All models; their names differ.</param>
    public static string? FindProblem(IEnumerable<ModelDefinition> models)
    {
        var named = models.ToDictionary(model => model.Name, StringComparer.Ordinal);
        foreach (var first in named.Values)
        {
            var chain = new List<string> { first.Name };
            for (var model = first; model.Fallback is { } next; chain.Add(next))
            {
                if (!named.TryGetValue(next, out var following))
                {
                    return $"The fallback of model '{model.Name}' is '{next}', which is not configured.";
                }

                if (chain.Contains(next))
                {
                    return $"The fallbacks of models go in a circle: {string.Join(" → ", [.. chain, next])}.";
                }

                if (chain.Count == MaxModels)
                {
                    return $"At most {MaxModels} models may answer for one another, but model '{first.Name}' has the fallbacks {string.Join(" → ", [.. chain.Skip(1), next])}.";
                }

                model = following;
            }
        }

        return null;
    }
}
