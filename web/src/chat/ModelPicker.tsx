import { chooseEffort, chooseModel, effort, efforts, model, models } from './models';

export function ModelPicker() {
  if (models.value.length === 0) return null;
  return (
    <>
      {models.value.length === 1 ? <span class="model-name" title={models.value[0]?.description}>{model}</span> : <Models />}
      {efforts.value.length > 0 && <Efforts />}
    </>
  );
}

function Models() {
  return (
    <label class="model-picker">
      <span class="visually-hidden">Model</span>
      <select value={model} onChange={(event) => chooseModel(event.currentTarget.value)}>
        {models.value.map((known) => <option key={known.name} value={known.name}>{known.name}</option>)}
      </select>
    </label>
  );
}

function Efforts() {
  return (
    <label class="model-picker">
      <span class="visually-hidden">Reasoning effort</span>
      <select value={effort.value ?? ''} onChange={(event) => chooseEffort(event.currentTarget.value)}>
        <option value="">usual effort</option>
        {efforts.value.map((word) => <option key={word} value={word}>{word} effort</option>)}
      </select>
    </label>
  );
}
