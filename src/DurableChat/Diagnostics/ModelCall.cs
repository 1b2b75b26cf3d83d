using System.Diagnostics;

namespace DurableChat.Diagnostics;

/// <summary>The model of a call, for metrics.</summary>
/// <param name="Provider">The provider's name in OpenTelemetry. Null if unknown.</param>
/// <param name="RequestModel">The provider's name for the requested model.</param>
/// <param name="ResponseModel">The model that answered. Null if the provider did not report it.</param>
internal readonly record struct ModelCall(string? Provider, string RequestModel, string? ResponseModel)
{
    /// <summary>The name of the operation in OpenTelemetry.</summary>
    public const string Operation = "chat";

    public TagList Tags()
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", Operation },

            // The conventions require this attribute.
            { "gen_ai.provider.name", Provider ?? "unknown" },
            { "gen_ai.request.model", RequestModel },
        };
        if (ResponseModel is not null)
        {
            tags.Add("gen_ai.response.model", ResponseModel);
        }

        return tags;
    }
}
