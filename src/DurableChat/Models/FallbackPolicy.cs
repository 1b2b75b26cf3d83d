using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// Decides which model answers when another has failed permanently, i.e. after all its attempts. Pure.
/// </summary>
public static class FallbackPolicy
{
    /// <summary>
    /// The maximum length of a chain of fallbacks, including the first model. Each model has its own attempts, so this
    /// bounds their sum.
    /// </summary>
    public const int MaxModels = 4;

    /// <summary>
    /// The errors after which a fallback answers, unless <see cref="ModelDefinition.FallbackAfter"/> sets others. With
    /// these errors the provider cannot answer now, but another may. An error in the request itself would fail
    /// elsewhere too.
    /// </summary>
    public static IReadOnlyList<string> DefaultErrors { get; } =
        ["model_unreachable", "model_unavailable", "model_rate_limited", "model_quota", "model_timeout"];

    /// <summary>The errors that a model call can end with, for validating configurations.</summary>
    public static IReadOnlyList<string> KnownErrors { get; } =
    [
        .. DefaultErrors,
        "model_bad_response",
        "model_failed",
        "model_unauthorized",
        "model_not_found",
        "model_wrong_address",
        "model_rejected_request", "model_context_overflow", "model_refused",
    ];

    /// <summary>
    /// The model that answers after the given error ended another model's attempts. Null if the turn fails.
    /// </summary>
    /// <param name="model">The model that failed. Null if unknown.</param>
    /// <param name="error">Why it failed.</param>
    public static string? After(ModelDefinition? model, ChatError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return model is { Fallback: { } next }
            && (model.FallbackAfter ?? DefaultErrors).Contains(error.Code, StringComparer.Ordinal) ? next : null;
    }

    /// <summary>Describes an error in the chains of fallbacks. Null if there is none.</summary>
    /// <param name="models">All models, with unique names.</param>
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
                    return $"At most {MaxModels} models may answer for one another, but model '{first.Name}' has the "
                        + $"fallbacks {string.Join(" → ", [.. chain.Skip(1), next])}.";
                }

                model = following;
            }
        }

        return null;
    }
}
