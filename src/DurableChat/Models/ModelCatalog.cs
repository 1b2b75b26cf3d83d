using System.Diagnostics.CodeAnalysis;

namespace DurableChat.Models;

/// <summary>The models of this server, by name. Immutable and thread-safe.</summary>
public sealed class ModelCatalog
{
    /// <summary>The name of a host's only model if it has no other name.</summary>
    public const string DefaultName = "default";

    private readonly Dictionary<string, ModelDefinition> _models;

    /// <summary>Creates a catalogue. The first model is the default.</summary>
    /// <exception cref="ArgumentException">
    /// There is no model, two models share a name, or a fallback is unknown, circular or too far down the chain.
    /// </exception>
    public ModelCatalog(IEnumerable<ModelDefinition> models)
    {
        All = [.. models];
        if (All.Count == 0)
        {
            throw new ArgumentException("At least one model must be configured.", nameof(models));
        }

        _models = All.ToDictionary(model => model.Name, StringComparer.Ordinal);
        if (FallbackPolicy.FindProblem(All) is { } problem)
        {
            throw new ArgumentException(problem, nameof(models));
        }
    }

    /// <summary>All models, in the order of configuration.</summary>
    public IReadOnlyList<ModelDefinition> All { get; }

    /// <summary>The model of chats that do not name one.</summary>
    public ModelDefinition Default => All[0];

    /// <summary>Finds a model by its configured name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out ModelDefinition? model) =>
        _models.TryGetValue(name, out model);
}
