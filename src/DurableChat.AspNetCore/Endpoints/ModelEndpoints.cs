using DurableChat.AspNetCore.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DurableChat.AspNetCore.Endpoints;

/// <summary>The models.</summary>
internal static class ModelEndpoints
{
    public static void Map(RouteGroupBuilder group) => group
        .MapGet("/models", (ChatService chats) => Results.Json(
            new ModelsResponse(
            [
                .. chats.Models.All.Where(model => model.IsSelectable).Select(model =>
                    new ModelResponse(model.Name, model.Description, model == chats.Models.Default, model.Allow)),
            ]),
            HttpJson.Strict.ModelsResponse))
        .WithName("ListModels")
        .WithSummary("Lists the models that chats can name, and which settings each lets requests choose.")
        .Produces<ModelsResponse>();
}
