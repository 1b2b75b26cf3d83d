using System.Text.Json.Serialization;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// The history as a client shows it. Each request brings all of it along, and only the last message is new; of the
/// others there is what says where in the chat that is.
/// </summary>
/// <param name="Count">How many messages there are.</param>
/// <param name="Last">The last message; null if there is none.</param>
/// <param name="Known">The last user message before it that the server has named, by itself or by its answer; 0 if there is none.</param>
/// <param name="UsersSince">How many messages of the user there are between that and the last.</param>
[JsonConverter(typeof(AiSdkMessagesConverter))]
internal sealed record AiSdkMessages(int Count, AiSdkMessage? Last, long Known, int UsersSince);
