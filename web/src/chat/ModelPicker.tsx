import { chooseModel, model, models } from './models';

export function ModelPicker() {
  if (models.value.length === 0) return null;
  if (models.value.length === 1) return <span class="model-name" title={models.value[0]?.description}>{model}</span>;
  return (
    <label class="model-picker">
      <span class="visually-hidden">Model</span>
      <select value={model} onChange={(event) => chooseModel(event.currentTarget.value)}>
        {models.value.map((known) => <option key={known.name} value={known.name}>{known.name}</option>)}
      </select>
    </label>
  );
}
