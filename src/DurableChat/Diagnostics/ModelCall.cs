using System.Diagnostics;

namespace DurableChat.Diagnostics;

/// <summary>Which model a call went to, for metrics.</summary>
/// <param name="Provider">The provider, as OpenTelemetry names it; null if it is not known.</param>
/// <param name="RequestModel">The model that was asked, by the provider's name.</param>
/// <param name="ResponseModel">The model that answered; null if the provider did not say.</param>
internal readonly record struct ModelCall(string? Provider, string RequestModel, string? ResponseModel)
{
    public TagList Tags()
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", "chat" },

            // The conventions require one.
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
