using System.Text.Json.Serialization;
using DurableChat.Client;

namespace DurableChat.Server.Clients;

/// <summary>A chat as it is written to a file and read from one.</summary>
/// <param name="Format">Which form this is; see <see cref="CurrentFormat"/>.</param>
/// <param name="Id">Which chat it was.</param>
/// <param name="Title">Its name.</param>
/// <param name="Model">The configured name of its model.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Messages">Its history.</param>
internal sealed record ChatExport(string Format, string Id, string Title, string Model, DateTimeOffset CreatedAt, IReadOnlyList<HistoryMessage> Messages)
{
    public const string CurrentFormat = "durablechat-1";

    /// <summary>True if nothing is missing that every export has: JSON may leave it out.</summary>
    [JsonIgnore]
    public bool IsWhole =>
        Title is not null && Model is not null
        && Messages.All(message => message is { Role: not null, Parts: not null } && !message.Parts.Contains(null!));
}
