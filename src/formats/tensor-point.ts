import { exactTensor, type FloatTensor, shapeText } from './float-tensor.js';
import { quoted } from './quoted.js';
import { type Fields, tensorJson, vectorJson } from './write.js';

/** What a file says about one layer. */
export interface LayerTensors {
  /** [unit][input], or of a convolution [out][in] and the kernel's extents: the shape of the format, and of PyTorch */
  readonly weights: FloatTensor;
  readonly bias: FloatTensor | null;
}

/**
 * The point with exactly these numbers, as the fields of a point file.
 *
 * @throws Unreadable at a number that is not finite
 */
export function tensorPoint(layers: readonly LayerTensors[]): Fields {
  return { format: 'cairn-point', version: 1, layers: layers.map(layerFields) };
}

function layerFields({ weights, bias }: LayerTensors): Fields {
  const { numerators, denominator } = exactTensor(weights);
  const [units, ...taps] = weights.shape as [number, ...number[]];
  const inputs = taps.reduce((size, extent) => size * extent, 1);
  const rows = Array.from({ length: units }, (_, unit) => numerators.slice(unit * inputs, (unit + 1) * inputs));
  const fields = { weights: tensorJson(rows, denominator, weights.shape) };
  if (bias === null) return fields;
  const exactBias = exactTensor(bias);
  return { ...fields, bias: vectorJson(exactBias.numerators, exactBias.denominator) };
}

/** A line about what became of the tensors of a layer, such as `"0.bias", float32 8: bias of $.network.layers[0], dense`. */
export function tensorNotes({ weights, bias }: LayerTensors, path: string, layer: string): string[] {
  const note = (tensor: FloatTensor, part: string): string =>
    `${quoted(tensor.name)}, ${tensor.type} ${shapeText(tensor.shape)}: ${part} of ${path}, ${layer}`;
  return [note(weights, 'weights'), ...(bias === null ? [] : [note(bias, 'bias')])];
}
