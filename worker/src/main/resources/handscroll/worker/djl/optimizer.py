class Optimizer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  # AdamW (Loshchilov and Hutter) on one flat vector, in place, with a clipped gradient and a running
  # average of the weights. All vectors have the length of w; returns the gradient's norm before the clip.
  def step(self: __torch__.Optimizer, w: Tensor, gradient: Tensor, moment: Tensor, square: Tensor, average: Tensor, decays: Tensor, rate: float, beta1: float, beta2: float, decay: float, clip: float, keep: float, count: int) -> Tensor:
    norm = torch.norm(gradient)
    scale = torch.clamp(torch.div(torch.scalar_tensor(clip), torch.add(norm, 1e-06)), None, 1.)
    g = torch.mul(gradient, scale)
    _0 = torch.add_(torch.mul_(moment, beta1), g, alpha=1. - beta1)
    _1 = torch.addcmul_(torch.mul_(square, beta2), g, g, value=1. - beta2)
    _2 = torch.addcmul_(w, w, decays, value=-(rate * decay))
    corrected1 = 1. - torch.pow(beta1, count)
    corrected2 = 1. - torch.pow(beta2, count)
    root = torch.add(torch.div(torch.sqrt(square), torch.sqrt(corrected2)), 1e-08)
    _3 = torch.addcdiv_(w, moment, root, value=-(rate / corrected1))
    _4 = torch.add_(torch.mul_(average, keep), w, alpha=1. - keep)
    return norm
